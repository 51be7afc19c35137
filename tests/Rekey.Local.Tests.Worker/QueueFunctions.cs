using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Rekey.Local.Tests.Worker;

/// <summary>
/// Queues of the recordings, with a setting in place of <c>rec</c> so that tests do not meet. Lines that begin with <c>app:</c> tell the
/// tests what the function sees.
/// </summary>
public sealed class QueueFunctions(ILogger<QueueFunctions> log)
{
    [Function("Take")]
    public void Take([QueueTrigger("%Queues%-in")] string text, FunctionContext context) =>
        log.LogInformation("take {Text} dequeue={Count}", text, Tries(context));

    [Function("Fail")]
    public void Fail([QueueTrigger("%Queues%-fail")] string text, FunctionContext context)
    {
        log.LogInformation("fail dequeue={Count}", Tries(context));
        throw new InvalidOperationException($"refused: {text}");
    }

    [Function("FailPoison")]
    public static void FailPoison([QueueTrigger("%Queues%-failed-poison")] string text) =>
        throw new InvalidOperationException($"refused again: {text}");

    [Function("SlowQueue")]
    public static async Task SlowQueueAsync([QueueTrigger("%Queues%-slow")] string text, FunctionContext context)
    {
        Note($"SlowQueue begins {text} dequeue={Tries(context)}");
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(double.Parse(text)), context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            Note("SlowQueue sees its token cancelled");
            throw;
        }

        Note($"SlowQueue ends {text}");
    }

    [Function("StuckQueue")]
    public static async Task StuckQueueAsync([QueueTrigger("%Queues%-stuck")] string text, FunctionContext context)
    {
        Note($"StuckQueue begins {text} dequeue={Tries(context)}");
        await using var seen = context.CancellationToken.Register(() => Note("StuckQueue sees its token cancelled (and goes on)"));
        await Task.Delay(TimeSpan.FromSeconds(double.Parse(text)), CancellationToken.None);
        Note($"StuckQueue ends {text}");
    }

    internal static void Note(string text) => Console.WriteLine("app: " + text);

    private static object? Tries(FunctionContext context) => context.BindingContext.BindingData.GetValueOrDefault("DequeueCount");
}
