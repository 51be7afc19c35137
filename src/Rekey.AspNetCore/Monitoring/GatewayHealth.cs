using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rekey.AspNetCore.Documents;

namespace Rekey.AspNetCore.Monitoring;

/// <summary>The health check: unhealthy when every token is refused, degraded when the lists are not up to date.</summary>
internal sealed class GatewayHealth(GatewayDocuments documents, GatewayOptions options, TimeProvider timeProvider) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (standing, now) = (documents.Standing, timeProvider.GetUtcNow());
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        void Add(string name, object? value)
        {
            if (value is not null)
            {
                data[name] = value;
            }
        }

        Add("trustList", standing.TrustListSequence);
        Add("blocklist", standing.BlocklistNumber);
        Add("validUntil", standing.ValidUntil?.ToString("O", CultureInfo.InvariantCulture));
        Add("pulledAt", standing.PulledAt?.ToString("O", CultureInfo.InvariantCulture));
        return Task.FromResult(
            standing.Closed is not null
                ? HealthCheckResult.Unhealthy($"Every token is refused: {standing.Closed}. {standing.Failure}", data: data)
            : now >= standing.ValidUntil
                ? HealthCheckResult.Degraded("The validity of the lists has ended, and they are used nonetheless.", data: data)
            : standing.Failure is not null && !(now - standing.PulledAt < options.ReportStaleAfter)
                ? HealthCheckResult.Degraded($"The lists are not up to date. {standing.Failure}", data: data)
            : documents.IsLate(now)
                ? HealthCheckResult.Degraded(
                    "No newer lists come, although more than half of the validity of these has passed: Rekey cannot sign, or the mirror "
                        + "serves old ones.",
                    data: data
                )
            : HealthCheckResult.Healthy("The lists are current.", data)
        );
    }
}
