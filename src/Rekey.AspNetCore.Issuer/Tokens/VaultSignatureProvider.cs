using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Rekey.AspNetCore.Issuer.Tokens;

/// <summary>Records and signs a token for a library. The library's interface does not wait asynchronously, so each call holds its thread
/// until the vault has answered; the vault's quota and <see cref="IssuerOptions.MaxWaiting"/> bound how many.</summary>
internal sealed class VaultSignatureProvider(RekeySecurityKey key, string algorithm, RekeyIssuer issuer) : SignatureProvider(key, algorithm)
{
    public override byte[] Sign(byte[] input) =>
        issuer.SignAsync(Encoding.ASCII.GetString(input), CancellationToken.None).GetAwaiter().GetResult();

    public override byte[] Sign(byte[] input, int offset, int count) => Sign(input[offset..(offset + count)]);

    public override bool Sign(ReadOnlySpan<byte> data, Span<byte> destination, out int bytesWritten)
    {
        var signature = Sign(data.ToArray());
        bytesWritten = signature.Length;
        return signature.AsSpan().TryCopyTo(destination);
    }

    public override bool Verify(byte[] input, byte[] signature) => issuer.Verify(Encoding.ASCII.GetString(input), signature);

    public override bool Verify(
        byte[] input,
        int inputOffset,
        int inputLength,
        byte[] signature,
        int signatureOffset,
        int signatureLength
    ) => Verify(input[inputOffset..(inputOffset + inputLength)], signature[signatureOffset..(signatureOffset + signatureLength)]);

    protected override void Dispose(bool disposing)
    {
        // It holds nothing.
    }
}
