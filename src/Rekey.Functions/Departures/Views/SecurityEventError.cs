namespace Rekey.Functions.Departures.Views;

/// <summary>Why a security event is not accepted (RFC 8935 §2.3).</summary>
/// <param name="Err">The error code, such as <c>authentication_failed</c>.</param>
/// <param name="Description">For the operator of the transmitter.</param>
public sealed record SecurityEventError(string Err, string Description);
