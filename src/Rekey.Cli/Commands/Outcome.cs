using System.CommandLine;
using Rekey.Cli.Output;
using Rekey.Core;

namespace Rekey.Cli.Commands;

/// <summary>Exit codes, and the error texts of failed commands.</summary>
internal static class Outcome
{
    public const int Clean = 0;

    /// <summary>A usage or run error. System.CommandLine uses the same code for a command line that it cannot parse.</summary>
    public const int Failed = 1;

    public const int FoundForgery = 2;

    /// <summary>Access differs from the declaration.</summary>
    public const int FoundDrift = 2;

    /// <summary>Runs a command. Errors that the user can fix are printed without a stack trace; a defect keeps its stack trace.</summary>
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
            await error.WriteLineAsync("  Retry later.");
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
