variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "protect" {
  description = "Registries that hold images are not removed."
  type        = bool
}

variable "kms_key_arn" {
  description = "Key of the images."
  type        = string
}

variable "release" {
  description = "Tag of the images."
  type        = string
}
