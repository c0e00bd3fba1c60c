variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "topic_prefix" {
  description = "Prefix of the tables' topics (the setting topic_prefix)."
  type        = string
}

variable "databases" {
  description = "Databases of the lake."
  type        = list(string)
}

variable "kms_key_arn" {
  description = "Key of everything at rest."
  type        = string
}

variable "secret_arns" {
  description = "Account to the ARN of its secret."
  type        = map(string)
}

variable "admin_secret_arn" {
  description = "Secret of MySQL's administrator."
  type        = string
}

variable "cluster_arn" {
  description = "The Kafka cluster."
  type        = string
}

variable "lake_arn" {
  description = "The lake's bucket."
  type        = string
}

variable "artifacts_arn" {
  description = "Bucket of packages."
  type        = string
}

variable "workgroup_arn" {
  description = "Athena's work group."
  type        = string
}

variable "application_arn" {
  description = "The EMR Serverless application."
  type        = string
}

variable "file_system_arn" {
  description = "NiFi's file system."
  type        = string
}

variable "image_arns" {
  description = "Image to the ARN of its registry."
  type        = map(string)
}

variable "log_group_arns" {
  description = "Log groups of connector and job."
  type = object({
    connect   = string
    streaming = string
  })
}
