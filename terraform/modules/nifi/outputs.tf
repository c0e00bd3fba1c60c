output "service" {
  description = "The ECS service."
  value       = module.service.name
}

output "log_group" {
  description = "Where it logs."
  value       = module.service.log_group
}
