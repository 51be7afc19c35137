namespace Rekey.Cli.Server;

/// <summary>What the command line says about the connection; null where it says nothing.</summary>
/// <param name="Server">An https address, or <c>local</c> for the local world.</param>
/// <param name="Profile">The name of a profile.</param>
/// <param name="LocalRole">The client of the local world to sign in as.</param>
internal sealed record ConnectionChoice(
    string? Server,
    string? Profile,
    string? Scope,
    LoginKind? Login,
    string? TrustedCa,
    string LocalRole
);
