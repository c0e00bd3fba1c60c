variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "protect" {
  description = "Refuse deletion, and leave a final snapshot."
  type        = bool
}

variable "subnets" {
  description = "Private subnets."
  type        = list(string)
}

variable "security_group" {
  description = "Group of the server."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of storage, backups and insights."
  type        = string
}

variable "monitoring_role_arn" {
  description = "Role of enhanced monitoring."
  type        = string
}

variable "size" {
  description = "Instance class, storage in GB (first and most), standby in another zone, days of backups."
  type = object({
    instance    = string
    storage     = number
    storage_max = number
    standby     = bool
    backup_days = number
  })

  validation {
    condition     = var.size.backup_days >= 1 && var.size.backup_days <= 35
    error_message = "Without backups RDS writes no binlog: 1 to 35 days."
  }
}
