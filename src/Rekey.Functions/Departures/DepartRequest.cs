namespace Rekey.Functions.Departures;

/// <summary>A departure reported by HR, a Lifecycle Workflow or an operator.</summary>
/// <param name="PersonId">Object id in Entra ID.</param>
/// <param name="Reference">The sender's own id, so that a resend counts as one report; generated when absent.</param>
/// <param name="Hostile">Operators only: responds at once, as if every key were taken.</param>
/// <param name="Keys">Operators only: governed keys that are known to be exposed, as vault authority and name.</param>
internal sealed record DepartRequest(Guid PersonId, string? Reference = null, bool Hostile = false, IReadOnlyList<string>? Keys = null);
