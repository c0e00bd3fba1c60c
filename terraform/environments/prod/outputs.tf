output "headwater" {
  description = "Read by `headwater --target aws`."
  value       = module.platform.headwater
}

output "image_uris" {
  description = "Where the images of docker/ are pushed."
  value       = module.platform.image_uris
}

output "operator_policy_arn" {
  description = "Policy for whoever runs `headwater --target aws`."
  value       = module.platform.operator_policy_arn
}

output "operator_security_group" {
  description = "Security group for the machine on which it runs."
  value       = module.platform.operator_security_group
}
