namespace Rekey.Functions.Trust.Views;

/// <summary>The health of this instance.</summary>
/// <param name="Status"><c>healthy</c>, <c>stopped</c> while Rekey only serves, or <c>unhealthy</c>.</param>
public sealed record HealthView(string Status);
