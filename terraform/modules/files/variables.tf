variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "subnets" {
  description = "Private subnets."
  type        = list(string)
}

variable "security_group" {
  description = "Group of the mount targets."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of the file system."
  type        = string
}
