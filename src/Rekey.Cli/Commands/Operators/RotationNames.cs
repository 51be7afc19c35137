using Rekey.Core;
using Rekey.Trust;

namespace Rekey.Cli.Commands.Operators;

/// <summary>Finds the id of a rotation.</summary>
internal static class RotationNames
{
    /// <summary>The id that the API takes in a path: <c>kv-prod.vault.azure.net~shop~3</c>.</summary>
    /// <param name="given">That id; the id that answers show, with <c>#</c>; or a key, for its last rotation.</param>
    public static async Task<string> IdOfAsync(OperatorRun run, string given)
    {
        if (given.Contains('~', StringComparison.Ordinal))
        {
            return given;
        }

        if (given.Contains('#', StringComparison.Ordinal))
        {
            return PathOf(given);
        }

        var key = await run.KeyAsync(given);
        return key["rotation"]?["rotation"]?.ToString() is { } last
            ? PathOf(last)
            : throw new CannotContinueException(
                "no-rotation",
                $"The key {key["key"]} was never rotated.",
                "List the keys with their last rotation: rekey keys list"
            );
    }

    private static string PathOf(string id) => SigningKey.RowOf(id).Replace('#', '~');
}
