namespace Rekey.Tests.Exposures;

/// <summary>A row of the audit log, as the views have it.</summary>
public sealed record AuditRow(
    DateTimeOffset At,
    string Operation,
    string Vault,
    string Name,
    string Version = "",
    string Oid = "",
    string AppId = "",
    bool IsPerson = true,
    int? StatusCode = 200,
    string Kind = "keys",
    string CorrelationId = ""
)
{
    /// <summary>How long it takes to arrive.</summary>
    public TimeSpan Lag { get; init; }

    public DateTimeOffset ArrivedAt => At + Lag;
}
