using System.CommandLine;
using System.Data.Common;
using Rekey.Cli.Output;
using Rekey.Core;

namespace Rekey.Cli.Commands;

/// <summary>Exit codes, and the error texts of failed commands.</summary>
internal static class Outcome
{
    public const int Clean = 0;

    private const string StackTraceVariable = "REKEY_STACK_TRACE";

    /// <summary>A usage or run error. System.CommandLine uses the same code for a command line that it cannot parse.</summary>
    public const int Failed = 1;

    public const int FoundForgery = 2;

    /// <summary>Access differs from the declaration.</summary>
    public const int FoundDrift = 2;

    /// <summary>A line or a checkpoint of the ledger does not hold.</summary>
    public const int FoundDefect = 2;

    /// <summary>A check of the deployment is not ok.</summary>
    public const int FoundProblem = 2;

    /// <summary>Rekey is stopped or unhealthy.</summary>
    public const int FoundStop = 2;

    /// <summary>Runs a command, and explains every failure in words.</summary>
    public static async Task<int> OfAsync(ParseResult parsed, Func<Task<int>> run)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            return await run();
        }
        catch (CannotContinueException e)
        {
            await error.WriteLineAsync($"error: {PlainText.Of(e.Message)}");
            await error.WriteLineAsync($"  {PlainText.Of(e.Remedy)}");
        }
        catch (RetryLaterException e)
        {
            await error.WriteLineAsync($"error: {PlainText.Of(e.Message)}");
            await error.WriteLineAsync("  Retry later.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"error: {PlainText.Of(e.Message)}");
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("stopped.");
        }
        catch (DbException e)
        {
            await error.WriteLineAsync($"error: The query engine failed: {PlainText.Of(FirstLine(e))}");
            await error.WriteLineAsync(
                "  Check that no file changes or vanishes during the sweep, and sweep again, or sweep fewer files at once."
            );
        }
        catch (Exception e)
        {
            await error.WriteLineAsync($"error: rekey has a defect: {e.GetType().Name}: {PlainText.Of(FirstLine(e))}");
            await error.WriteLineAsync(
                $"  Report it with the command line. For a stack trace, set {StackTraceVariable}=1 and run it again."
            );
            if (Environment.GetEnvironmentVariable(StackTraceVariable) is "1")
            {
                await error.WriteLineAsync(e.ToString());
            }
        }

        return Failed;
    }

    private static string FirstLine(Exception e) => e.Message.ReplaceLineEndings("\n").Split('\n')[0];
}
