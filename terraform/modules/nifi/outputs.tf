output "service" {
  description = "The ECS service."
  value       = module.service.name
}

output "log_group" {
  description = "Where it logs."
  value       = module.service.log_group
}

output "target_group" {
  description = "The target group, as CloudWatch names it."
  value       = module.service.target_group
}
