variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "subnets" {
  description = "Private subnets, one in each zone; the brokers are spread over them."
  type        = list(string)
}

variable "security_group" {
  description = "Group of the brokers."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of the brokers' disks and logs."
  type        = string
}

variable "size" {
  description = "Broker type, brokers (a multiple of the zones), storage per broker in GB."
  type = object({
    instance = string
    brokers  = number
    storage  = number
  })
}
