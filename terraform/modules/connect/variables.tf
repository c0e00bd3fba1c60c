variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "artifacts_bucket" {
  description = "Bucket of what `make package` built."
  type        = string
}

variable "artifacts_bucket_arn" {
  description = "Its ARN."
  type        = string
}

variable "plugin" {
  description = "Zip of Debezium, the wire converter and the secrets provider, from `make package`."
  type        = string
}

variable "worker_properties" {
  description = "The project's worker template, debezium/worker.properties."
  type        = string
}

variable "bootstrap_servers" {
  description = "Brokers, for the converter's own clients."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of the log."
  type        = string
}
