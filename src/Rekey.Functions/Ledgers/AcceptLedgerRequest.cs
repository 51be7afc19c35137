namespace Rekey.Functions.Ledgers;

/// <summary>An approver's wish to accept the ledger although the published trust list has what it lacks.</summary>
/// <param name="Lines">The number of its last line, as <c>GET /ledger</c> gave it.</param>
/// <param name="Hash">The hash of that line.</param>
/// <param name="Reason">For the other approver.</param>
internal sealed record AcceptLedgerRequest(long Lines, string Hash, string Reason);
