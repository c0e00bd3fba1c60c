variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnets" {
  description = "Private subnets."
  type        = list(string)
}

variable "security_groups" {
  description = "Part to security group, from the network module."
  type        = map(string)
}

variable "cluster_arn" {
  description = "The ECS cluster."
  type        = string
}

variable "listener_arn" {
  description = "The load balancer's listener."
  type        = string
}

variable "host" {
  description = "Host name."
  type        = string
}

variable "image" {
  description = "Container image."
  type        = string
}

variable "size" {
  description = "CPU units and memory in MB."
  type = object({
    cpu    = number
    memory = number
  })
}

variable "roles" {
  description = "ARNs of the task's role and of its execution role."
  type = object({
    task      = string
    execution = string
  })
}

variable "secret_arns" {
  description = "Account to the ARN of its secret."
  type        = map(string)
}

variable "kms_key_arn" {
  description = "Key of everything at rest."
  type        = string
}

variable "protect" {
  description = "Refuse deletion, and leave a final snapshot."
  type        = bool
}

variable "monitoring_role_arn" {
  description = "Role of enhanced monitoring."
  type        = string
}

variable "database" {
  description = "Instance class, and whether there is a standby."
  type = object({
    instance = string
    standby  = bool
  })
}

variable "athena" {
  description = "Where Superset's own connection to the lake leads."
  type = object({
    workgroup = string
    results   = string
    database  = string
  })
}
