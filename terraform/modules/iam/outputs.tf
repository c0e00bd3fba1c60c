output "role_arns" {
  description = "Component to the ARN of its role."
  value       = { for component, role in aws_iam_role.this : component => role.arn }
}

output "monitoring_role_arn" {
  description = "Role of RDS's enhanced monitoring."
  value       = aws_iam_role.monitoring.arn
}

output "operator_policy_arn" {
  description = "Policy for whoever runs `headwater --target aws`."
  value       = aws_iam_policy.operator.arn
}
