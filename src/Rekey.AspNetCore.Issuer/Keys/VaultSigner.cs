using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Azure.KeyVault;
using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.Jose;

namespace Rekey.AspNetCore.Issuer.Keys;

/// <summary>Signs in Key Vault.</summary>
internal sealed class VaultSigner(IssuerOptions options, TokenCredential credential, TimeProvider timeProvider)
{
    private readonly KeyVaultKeysClient _vault = new(
        credential,
        new RateGates(timeProvider, options.SignTimeout),
        options.Vault,
        timeProvider
    );

    /// <summary>Signs, and verifies the signature with the public key of the trust list.</summary>
    /// <returns>The raw signature, r||s for ECDSA.</returns>
    /// <exception cref="IssuanceRefusedException">The vault does not sign with this version, or not in time.</exception>
    public async Task<byte[]> SignAsync(CurrentKey key, string signingInput, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.SignTimeout, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        byte[] signature;
        try
        {
            var digest = Digest(key.Algorithm, Encoding.ASCII.GetBytes(signingInput));
            signature = await _vault.SignAsync(key.Key, key.Entry.Version, key.Algorithm, digest, both.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IssuanceRefusedException("vault-slow", $"The vault of {key.Key} has not signed within {options.SignTimeout}.", e);
        }
        catch (CannotContinueException e)
        {
            throw new IssuanceRefusedException("vault-refused", $"{e.Message} {e.Remedy}", e);
        }
        catch (RetryLaterException e)
        {
            throw new IssuanceRefusedException("vault-unavailable", e.Message, e);
        }

        return ClaimedToken.IsSignedBy($"{signingInput}.{Base64Url.EncodeToString(signature)}", key.Entry)
            ? signature
            : throw new IssuanceRefusedException(
                "signature-wrong",
                $"The vault's signature with {key.Key}/{key.Entry.Version} does not verify with the key of the trust list. Verifiers would "
                    + "refuse the token."
            );
    }

    /// <summary>The digest that goes with the algorithm (RFC 7518 §3.1). The vault does not hash.</summary>
    private static byte[] Digest(string algorithm, byte[] input) =>
        JwsAlgorithms.DigestBytes(algorithm) switch
        {
            32 => SHA256.HashData(input),
            48 => SHA384.HashData(input),
            _ => SHA512.HashData(input),
        };
}
