variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "subnets" {
  description = "Private subnets."
  type        = list(string)
}

variable "security_group" {
  description = "Group of the task."
  type        = string
}

variable "cluster_arn" {
  description = "The ECS cluster."
  type        = string
}

variable "image" {
  description = "Container image of docker/headwater."
  type        = string
}

variable "roles" {
  description = "ARNs of the task's role and of its execution role."
  type = object({
    task      = string
    execution = string
  })
}

variable "kms_key_arn" {
  description = "Key of the log."
  type        = string
}

variable "topic_prefix" {
  description = "Prefix of the tables' topics (the setting topic_prefix)."
  type        = string
}

variable "deployment" {
  description = "What the command line reads of the platform, for a place without terraform."
  type        = any
}
