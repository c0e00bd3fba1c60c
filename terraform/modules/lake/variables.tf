variable "name" {
  description = "Prefix of every name; with the account's number it makes the buckets' names."
  type        = string
}

variable "protect" {
  description = "Buckets that hold something are not removed."
  type        = bool
}

variable "kms_key_arn" {
  description = "Key of the lake and of query results."
  type        = string
}

variable "databases" {
  description = "Databases of the lake: the MySQL schemas that are captured."
  type        = list(string)
}

variable "scan_limit_gb" {
  description = "Most that one query may scan."
  type        = number
}

variable "log_days" {
  description = "How long access logs are kept."
  type        = number
  default     = 90
}
