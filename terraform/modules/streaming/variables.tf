variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "subnets" {
  description = "Private subnets."
  type        = list(string)
}

variable "security_group" {
  description = "Group of driver and executors."
  type        = string
}

variable "artifacts_bucket" {
  description = "Bucket of packages."
  type        = string
}

variable "package" {
  description = "Folder of the job, from `make package` (dist/emr)."
  type        = string
}

variable "image" {
  description = "EMR's image with Python 3.11 (docker/emr)."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of the log."
  type        = string
}

variable "capacity" {
  description = "Most that the application may use: vCPUs, memory and disk in GB. It also bounds the bill."
  type = object({
    cpu    = number
    memory = number
    disk   = number
  })
}
