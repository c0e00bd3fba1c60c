variable "name" {
  description = "Name of the service, such as headwater-dev-nifi."
  type        = string
}

variable "subnets" {
  description = "Private subnets."
  type        = list(string)
}

variable "security_group" {
  description = "Group of the tasks."
  type        = string
}

variable "cluster_arn" {
  description = "The ECS cluster."
  type        = string
}

variable "entrance" {
  description = "How the load balancer leads here: port of the container, protocol between the two, host name, place of the listener's rule, path that answers when all is well; null where nobody calls."
  type = object({
    vpc_id       = string
    listener_arn = string
    priority     = number
    host         = string
    port         = number
    protocol     = string
    health       = object({ path = string, codes = string })
  })
  default = null
}

variable "image" {
  description = "Container image."
  type        = string
}

variable "entry_point" {
  description = "What is started in place of the image's own entry point; null for that."
  type        = list(string)
  default     = null
}

variable "user" {
  description = "User and group of the process, never 0."
  type        = string
}

variable "size" {
  description = "CPU units (1024 are one vCPU) and memory in MB."
  type = object({
    cpu    = number
    memory = number
  })
}

variable "environment" {
  description = "Environment variables."
  type        = map(string)
}

variable "secrets" {
  description = "Environment variables whose values ECS reads from Secrets Manager (<arn>:<key>::)."
  type        = map(string)
  default     = {}
}

variable "execution_role_arn" {
  description = "Role that pulls the image and reads those secrets."
  type        = string
}

variable "task_role_arn" {
  description = "Role of the process itself."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of the log."
  type        = string
}

variable "files" {
  description = "EFS access point to mount, and where; null for none."
  type = object({
    file_system  = string
    access_point = string
    path         = string
  })
  default = null
}
