using Rekey.Core;

namespace Rekey.Departures.Reconciling.Sources;

/// <summary>Reads the audit logs of the directory (table <c>AuditLogs</c>): which accounts were closed and opened, and when.</summary>
public interface IAccountAudit
{
    /// <summary>The acts that arrived since a time, in no order. It may return acts that arrived earlier.</summary>
    /// <exception cref="RetryLaterException">The logs cannot be read yet.</exception>
    /// <exception cref="CannotContinueException">The logs refuse.</exception>
    Task<IReadOnlyList<AccountAct>> ReadAsync(DateTimeOffset arrivedSince, CancellationToken cancellationToken);
}
