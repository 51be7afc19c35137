using Rekey.Functions.Wire;

namespace Rekey.Functions.Blocking;

/// <summary>Why an operator wants something blocked or unblocked.</summary>
internal static class BlockReason
{
    private const int MaxLength = 512;

    /// <exception cref="BadInputException">It is missing or too long.</exception>
    public static string Checked(string? reason) =>
        reason is { Length: > 0 and <= MaxLength } given
            ? given
            : throw new BadInputException(
                "bad-reason",
                $"The reason must have 1 to {MaxLength} characters: an approver reads it before approving."
            );
}
