using Rekey.Functions.Rotations;

namespace Rekey.Functions.Trust.Views;

/// <summary>A governed key.</summary>
/// <param name="Key">Vault authority and name.</param>
/// <param name="Issuer">The name of the issuer that signs with it.</param>
/// <param name="HasBaseline">Whether approvers have reviewed the versions that were there before Rekey. Nothing is published
/// before.</param>
/// <param name="Custodians">The object ids of the people that the configuration declares as its custodians.</param>
/// <param name="Versions">The versions that were ever trusted, the newest first, at most 100.</param>
/// <param name="Rotation">The last rotation; null when there was none.</param>
public sealed record KeyView(
    string Key,
    string Issuer,
    bool HasBaseline,
    IReadOnlyList<string> Custodians,
    IReadOnlyList<KeyVersionView> Versions,
    RotationView? Rotation
);
