variable "region" {
  description = "AWS region."
  type        = string
}

variable "release" {
  description = "Tag of the container images, such as the commit that they were built from."
  type        = string
}

variable "domain" {
  description = "nifi.<domain> and superset.<domain> will be made."
  type        = string
}

variable "zone_id" {
  description = "Route 53 zone of the domain."
  type        = string
}

variable "visitors" {
  description = "Address ranges that may open NiFi and Superset (VPN, peered network)."
  type        = list(string)
  default     = []
}

variable "mail" {
  description = "Who gets the alarms."
  type        = string
}
