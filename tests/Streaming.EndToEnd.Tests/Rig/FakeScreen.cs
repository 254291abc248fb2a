namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>A screen to share: a slide of writing, and beside it something that moves and costs bits, as a lesson's screen does.</summary>
internal static class FakeScreen
{
    // The grain is fine enough that each cell of a picture scaled down stays as bright as it was: to whoever looks for a new slide nothing moves.
    private const string Script = """
        () => {
          const canvas = document.createElement('canvas');
          Object.assign(canvas, { width: 1280, height: 720 });
          const context = canvas.getContext('2d');
          const grain = new ImageData(560, 480);
          const draw = () => {
            for (let i = 0; i < grain.data.length; i += 4) {
              const light = 128 + Math.random() * 44 - 22;
              grain.data.set([light, light, light, 255], i);
            }
            context.putImageData(grain, 690, 200);
          };
          window.showSlide = number => {
            context.fillStyle = '#fff';
            context.fillRect(0, 0, 1280, 720);
            context.fillStyle = '#123';
            context.font = 'bold 56px sans-serif';
            context.fillText(`Fractions, page ${number}`, 60, 110);
            context.font = '28px sans-serif';
            for (let line = 0; line < 10; line++) context.fillText(`${number}.${line + 1}  One half and one third of ${number * 12 + line}`, 60, 190 + line * 48);
            draw();
          };
          window.showSlide(1);
          setInterval(draw, 100);
          navigator.mediaDevices.getDisplayMedia = () => Promise.resolve(canvas.captureStream(10));
        }
        """;

    /// <summary>The teacher shares it.</summary>
    public static async Task ShareScreenAsync(this Person teacher)
    {
        await teacher.Page.EvaluateAsync(Script);
        await teacher.Page.Locator("#toggle-screen").ClickAsync();
    }

    /// <summary>The teacher turns to another slide.</summary>
    public static Task TurnToAsync(this Person teacher, int slide) => teacher.Page.EvaluateAsync("number => window.showSlide(number)", slide);
}
