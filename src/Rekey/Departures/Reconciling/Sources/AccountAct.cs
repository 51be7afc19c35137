namespace Rekey.Departures.Reconciling.Sources;

/// <summary>An act of the audit logs that closed or opened an account.</summary>
/// <param name="PersonId">Object id in Entra ID.</param>
/// <param name="Closes">True when the account was disabled or deleted, false when it was enabled or restored.</param>
/// <param name="At">When it was done.</param>
/// <param name="Id">The correlation id of the act: one act may have several rows.</param>
public sealed record AccountAct(Guid PersonId, bool Closes, DateTimeOffset At, string Id);
