namespace Rekey.Departures.Reconciling.Sources;

/// <summary>An act of the audit logs that closed or opened an account.</summary>
/// <param name="PersonId">Object id in Entra ID.</param>
/// <param name="At">When it was done.</param>
/// <param name="Id">The correlation id of the act: one act may have several rows.</param>
public sealed record AccountAct(Guid PersonId, AccountActKind Kind, DateTimeOffset At, string Id)
{
    /// <summary>Gives the state after the act, in the same epoch.</summary>
    public AuditedStanding After(AuditedStanding standing) =>
        Kind switch
        {
            AccountActKind.Disable => standing with { IsDisabled = true, Until = At },
            AccountActKind.Enable => standing with { IsDisabled = false, Until = At },
            AccountActKind.Restore => standing with { IsDeleted = false, Until = At },
            _ => standing with { IsDeleted = true, Until = At },
        };
}
