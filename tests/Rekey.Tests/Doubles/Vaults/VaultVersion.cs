using System.Security.Cryptography;
using Rekey.Trust.Vaults;

namespace Rekey.Tests.Doubles.Vaults;

/// <summary>A version with its private key: what a leaver may carry in their pocket.</summary>
public sealed record VaultVersion(KeyVersion Public, ECDsa Private);
