using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rekey.AspNetCore.Issuer.Keys;

namespace Rekey.AspNetCore.Issuer.Monitoring;

/// <summary>The health check: unhealthy when no token is minted, degraded when the trust list or the record of the tokens is
/// late.</summary>
internal sealed class IssuerHealth(RekeyIssuer issuer, IssuerTrust trust, IssuerOptions options, TimeProvider timeProvider) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (standing, now) = (issuer.Standing, timeProvider.GetUtcNow());
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["instance"] = standing.Instance,
            ["sequence"] = standing.Sequence,
        };
        void Add(string name, object? value)
        {
            if (value is not null)
            {
                data[name] = value;
            }
        }

        Add("kid", standing.Kid);
        Add("trustList", standing.TrustListSequence);
        Add("validUntil", standing.ValidUntil?.ToString("O", CultureInfo.InvariantCulture));
        Add("unsentSince", standing.UnsentSince?.ToString("O", CultureInfo.InvariantCulture));
        Add("refusedRows", standing.RefusedRows);
        return Task.FromResult(
            standing.Closed is not null ? HealthCheckResult.Unhealthy(standing.Closed, data: data)
            : now - standing.UnsentSince >= options.Journal.ReportUnsentAfter
                ? HealthCheckResult.Degraded(
                    $"Rows wait to be sent since {standing.UnsentSince:O}. Sweeps count these tokens as not issued until they arrive.",
                    data: data
                )
            : standing.RefusedRows is not null
                ? HealthCheckResult.Degraded(
                    $"Azure Monitor refused rows for good; they are in {standing.RefusedRows}. Sweeps count these tokens as not issued. "
                        + "Mend the rule's columns, add the rows to the workspace, and delete the file.",
                    data: data
                )
            : standing.Failure is not null && !(now - standing.PulledAt < options.ReportStaleAfter)
                ? HealthCheckResult.Degraded($"The trust list is not up to date. {standing.Failure}", data: data)
            : trust.IsLate(now)
                ? HealthCheckResult.Degraded(
                    "No newer trust list comes, although more than half of the validity of this one has passed: Rekey cannot sign, or the "
                        + "mirror serves an old one.",
                    data: data
                )
            : HealthCheckResult.Healthy("The issuer signs with the current key.", data)
        );
    }
}
