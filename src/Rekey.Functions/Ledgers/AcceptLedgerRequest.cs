namespace Rekey.Functions.Ledgers;

/// <summary>An approver's request to accept the ledger although it lacks lines that the published trust list refers to.</summary>
/// <param name="Lines">The number of the last line, from <c>GET /ledger</c>.</param>
/// <param name="Hash">The hash of that line.</param>
/// <param name="Reason">The reason for the second approver.</param>
internal sealed record AcceptLedgerRequest(long Lines, string Hash, string Reason);
