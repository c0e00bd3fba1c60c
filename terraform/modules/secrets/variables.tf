variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "protect" {
  description = "Production: deleted keys and secrets can be called back for 30 days."
  type        = bool
}
