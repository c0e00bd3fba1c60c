variable "name" {
  description = "Name of the service, such as headwater-dev-nifi."
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

variable "security_group" {
  description = "Group of the tasks."
  type        = string
}

variable "cluster_arn" {
  description = "The ECS cluster."
  type        = string
}

variable "listener_arn" {
  description = "Listener that sends the host's requests here."
  type        = string
}

variable "priority" {
  description = "Place of the listener's rule."
  type        = number
}

variable "host" {
  description = "Host name."
  type        = string
}

variable "port" {
  description = "Port of the container."
  type        = number
}

variable "protocol" {
  description = "HTTP or HTTPS, between load balancer and container."
  type        = string
}

variable "health" {
  description = "Path that answers when all is well, and the status codes that say so."
  type = object({
    path  = string
    codes = string
  })
}

variable "image" {
  description = "Container image."
  type        = string
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
