namespace Rekey.Local.Identity;

/// <summary>The caller, from a validated token.</summary>
/// <param name="ObjectId">The claim <c>oid</c>.</param>
/// <param name="AppId">The claim <c>appid</c>.</param>
/// <param name="Issuer">The claim <c>iss</c>.</param>
/// <param name="Roles">App roles on this audience.</param>
public sealed record Caller(string ObjectId, string AppId, string Issuer, IReadOnlySet<string> Roles);
