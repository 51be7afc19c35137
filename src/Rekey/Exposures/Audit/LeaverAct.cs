using System.Globalization;

namespace Rekey.Exposures.Audit;

/// <summary>What a watched principal did, by the rows that arrived since a time. All texts are lower case.</summary>
/// <param name="What"><c>vault</c>, <c>credential</c> or <c>sign-in</c>.</param>
/// <param name="Principal">The object id, or else the application id, that was asked about.</param>
/// <param name="Operation">Such as <c>keysign</c>; the table for a sign-in.</param>
/// <param name="Target">The host name, kind and name of an object of a vault; the object that got a credential; the resource that was
/// signed in to.</param>
/// <param name="IsSuccess">Whether it was not refused.</param>
public sealed record LeaverAct(
    string What,
    string Principal,
    string Operation,
    string Target,
    bool IsSuccess,
    DateTimeOffset First,
    DateTimeOffset Last
)
{
    public const string Vault = "vault";
    public const string Credential = "credential";
    public const string SignIn = "sign-in";

    /// <summary>The id of the key that it is about: of the key, or of the secret or certificate with its name; null for others.</summary>
    public string? KeyId => What == Vault && Target.Split('/') is [var vault, _, { Length: > 0 } name] ? $"{vault}/{name}" : null;

    /// <summary>Whether it used or took key material.</summary>
    public bool IsPrivate => What == Vault && IsSuccess && UsedKeys.IsPrivate(Operation);

    /// <summary>The rows in a sentence, so that a reader finds them in the log.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Operation}{(IsSuccess ? "" : " (refused)")} on {Target} by {Principal}, last at {Last.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"
        );
}
