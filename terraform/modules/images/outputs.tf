output "uris" {
  description = "Image to its address with tag."
  value       = { for image, registry in aws_ecr_repository.this : image => "${registry.repository_url}:${var.release}" }
}

output "arns" {
  description = "Image to the ARN of its registry."
  value       = { for image, registry in aws_ecr_repository.this : image => registry.arn }
}
