output "kms_key_arn" {
  description = "The key of everything at rest."
  value       = aws_kms_key.this.arn
}

output "arns" {
  description = "Account to the ARN of its secret (JSON with username and password)."
  value       = { for account, secret in aws_secretsmanager_secret.account : account => secret.arn }
  depends_on  = [aws_secretsmanager_secret_version.account]
}
