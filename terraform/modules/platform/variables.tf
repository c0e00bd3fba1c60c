variable "name" {
  description = "Prefix of every name, such as headwater-dev: lower case, digits, hyphens."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name))
    error_message = "3 to 20 characters: lower case letters, digits and hyphens (load balancers allow no more)."
  }
}

variable "protect" {
  description = "Refuse to delete what holds data; leave final snapshots."
  type        = bool
}

variable "project" {
  description = "The checkout: where debezium/ and dist/ (from `make package`) are."
  type        = string
}

variable "release" {
  description = "Tag of the container images (docker/)."
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
  description = "Address ranges that may open NiFi and Superset, besides the operators' security group."
  type        = list(string)
}

variable "mail" {
  description = "Who gets the alarms."
  type        = string
}

variable "databases" {
  description = "Databases of the lake: the feeds' schema, our own, and every schema that is captured."
  type        = list(string)
  default     = ["final", "headwater"]
}

variable "topic_prefix" {
  description = "The setting topic_prefix."
  type        = string
  default     = "headwater"
}

variable "cidr" {
  description = "Address range of the VPC, a /16."
  type        = string
}

variable "zones" {
  description = "Letters of three availability zones of the region."
  type        = list(string)
  default     = ["a", "b", "c"]
}

variable "sizes" {
  description = "How large everything is; docs/aws.md says what each costs."
  type = object({
    nat_gateways = number
    mysql = object({
      instance    = string
      storage     = number
      storage_max = number
      standby     = bool
      backup_days = number
    })
    kafka = object({
      instance = string
      brokers  = number
      storage  = number
    })
    connect = object({
      units = number # MSK Connect units (1 vCPU, 4 GB) of the one worker
    })
    streaming = object({
      driver_cores    = number
      driver_memory   = number
      executors       = number
      executor_cores  = number
      executor_memory = number
    })
    nifi              = object({ cpu = number, memory = number })
    superset          = object({ cpu = number, memory = number })
    superset_database = object({ instance = string, standby = bool })
    scan_limit_gb     = number
    budget            = number
  })
}
