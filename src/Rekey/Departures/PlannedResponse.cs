using Rekey.Core;

namespace Rekey.Departures;

/// <summary>The planned response to one exposure.</summary>
public sealed record PlannedResponse(string KeyId, string Urgency, ResponseMode Mode, IReadOnlyList<string> Reasons);
