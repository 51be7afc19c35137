using System.CommandLine;
using Rekey.Cli.Output;
using Rekey.Core;

namespace Rekey.Cli.Commands;

/// <summary>Exit codes, and what is said when something goes wrong.</summary>
internal static class Outcome
{
    public const int Clean = 0;

    /// <summary>Usage or run error; also System.CommandLine's for a command line that it cannot read.</summary>
    public const int Failed = 1;

    public const int FoundForgery = 2;

    /// <summary>Something is not as declared.</summary>
    public const int FoundDrift = 2;

    /// <summary>Runs a command. What a person can mend is said without a stack trace; a defect keeps its own.</summary>
    public static async Task<int> OfAsync(ParseResult parsed, Func<Task<int>> run)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            return await run();
        }
        catch (CannotContinueException e)
        {
            await error.WriteLineAsync($"error: {Consoles.Plain(e.Message)}");
            await error.WriteLineAsync($"  {Consoles.Plain(e.Remedy)}");
        }
        catch (RetryLaterException e)
        {
            await error.WriteLineAsync($"error: {Consoles.Plain(e.Message)}");
            await error.WriteLineAsync("  Trying again later may help.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"error: {Consoles.Plain(e.Message)}");
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("stopped.");
        }

        return Failed;
    }
}
