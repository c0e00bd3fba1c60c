output "service" {
  description = "The ECS service."
  value       = module.service.name
}
