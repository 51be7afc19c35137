namespace Rekey.Functions.Trust.Views;

/// <summary>The health of this instance.</summary>
/// <param name="Status"><c>healthy</c>, <c>stopped</c> while Rekey only serves, or <c>unhealthy</c>.</param>
/// <param name="StoppedBy">What stops Rekey: <c>setting</c>, <c>operator</c>, or both; empty when it runs.</param>
public sealed record HealthView(string Status, IReadOnlyList<string> StoppedBy);
