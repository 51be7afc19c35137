using Rekey.Departures.Directory;

namespace Rekey.Departures.Reconciling.Sources;

/// <summary>An account in a page.</summary>
/// <param name="PersonId">Object id in Entra ID.</param>
/// <param name="Standing">The state of the account; <see cref="PersonStanding.Unknown"/> when it was deleted for good; null when the row
/// is about something else.</param>
public sealed record AccountRow(Guid PersonId, PersonStanding? Standing);
