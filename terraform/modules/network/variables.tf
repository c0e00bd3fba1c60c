variable "name" {
  description = "Prefix of every name, such as headwater-dev."
  type        = string
}

variable "cidr" {
  description = "Address range of the VPC, a /16."
  type        = string
}

variable "zones" {
  description = "Letters of the availability zones; named, so that no subnet ever moves. MSK spreads its brokers evenly over them."
  type        = list(string)
}

variable "nat_gateways" {
  description = "1 is cheaper; as many as zones survives the loss of a zone."
  type        = number

  validation {
    condition     = var.nat_gateways >= 1 && var.nat_gateways <= length(var.zones)
    error_message = "Between 1 and the number of zones."
  }
}

variable "visitors" {
  description = "Address ranges that may open NiFi and Superset, such as an office or a VPN."
  type        = list(string)

  validation {
    condition     = !contains(var.visitors, "0.0.0.0/0")
    error_message = "NiFi and Superset are not for the whole world: name your ranges."
  }
}

variable "kms_key_arn" {
  description = "Key of the flow log."
  type        = string
}
