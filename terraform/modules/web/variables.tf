variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "protect" {
  description = "Refuse deletion of the load balancer."
  type        = bool
}

variable "subnets" {
  description = "Private subnets."
  type        = list(string)
}

variable "security_group" {
  description = "Group of the load balancer."
  type        = string
}

variable "domain" {
  description = "Domain below which nifi.<domain> and superset.<domain> are made."
  type        = string
}

variable "zone_id" {
  description = "Route 53 zone of that domain."
  type        = string
}

variable "logs_bucket" {
  description = "Bucket of access logs."
  type        = string
}
