using Rekey.AspNetCore.Issuer.Tokens;

namespace Rekey.AspNetCore.Issuer.Journals;

/// <summary>A token whose row is not on the disk yet.</summary>
internal sealed record WaitingToken(TokenToSign Token)
{
    public TaskCompletionSource IsWritten { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
