namespace Rekey.Departures;

/// <summary>The state of an account by the audit logs of the directory.</summary>
/// <param name="Epoch">Counts from 1; moves when the logs show that the account was opened after it was closed.</param>
/// <param name="Until">The time of the last act that was counted.</param>
public sealed record AuditedStanding(int Epoch, bool IsDisabled, bool IsDeleted, DateTimeOffset Until)
{
    /// <summary>Whether it is disabled or deleted.</summary>
    public bool IsClosed => IsDisabled || IsDeleted;
}
