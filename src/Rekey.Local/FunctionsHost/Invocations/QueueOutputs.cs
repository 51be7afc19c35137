using System.Text;
using Azure.Storage.Queues;
using Rekey.Local.FunctionsHost.Configuration;

namespace Rekey.Local.FunctionsHost.Invocations;

/// <summary>Sends what queue outputs hold; other outputs are read by whoever called.</summary>
internal sealed class QueueOutputs(QueueSettings settings)
{
    public async Task WriteAsync(FunctionDefinition function, HandlerReply.Success reply, CancellationToken cancellationToken)
    {
        foreach (var output in function.Outputs.OfType<QueueOutputDefinition>())
        {
            var messages = OutputValues.Messages(OutputValues.For(output, reply), output.Binary);
            if (messages.Count == 0)
            {
                continue;
            }

            var queue = new QueueClient(output.ConnectionString, output.QueueName);
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            foreach (var message in messages)
            {
                var text = settings.Base64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(message)) : message;
                await queue.SendMessageAsync(text, cancellationToken);
            }
        }
    }
}
