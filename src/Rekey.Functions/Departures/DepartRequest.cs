namespace Rekey.Functions.Departures;

/// <summary>A departure reported by HR, a Lifecycle Workflow or an operator.</summary>
/// <param name="PersonId">Object id in Entra ID.</param>
/// <param name="Reference">The sender's own id for this, so that a resend is one report; made up when absent.</param>
/// <param name="Hostile">Operators only: everything at once.</param>
/// <param name="Keys">Operators only: governed keys, as vault authority and name, that are known to be exposed.</param>
internal sealed record DepartRequest(Guid PersonId, string? Reference = null, bool Hostile = false, IReadOnlyList<string>? Keys = null);
